/** A refusal in GLM's words: thrown by handlers, sent as `{"error":{"code","message"}}` with the code as a string. */
// https://docs.bigmodel.cn/cn/api/api-code
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
