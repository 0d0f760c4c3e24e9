/** A refusal in Kimi's words: thrown by handlers, sent as `{"error":{"message","type"}}`. */
// https://platform.kimi.ai/docs/api/errors
export class Refusal extends Error {
  readonly status: number;
  readonly type: string;

  constructor(status: number, message: string, type = "invalid_request_error") {
    super(message);
    this.status = status;
    this.type = type;
  }
}
