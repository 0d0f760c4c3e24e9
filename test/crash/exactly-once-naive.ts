import { OpenAI } from "openai";
import { contentOf } from "../store/samples.ts";
import { uploadTroubles, type UploadRecord } from "./exactly-once-oracle.ts";
import { startUploadServer, type Weather } from "./upload-server.ts";

/** Uploads by OpenAI's SDK as it comes, believing what it says. Returns what is wrong afterwards. */
export async function naiveTroubles(count: number, weather: Weather): Promise<readonly string[]> {
  const server = await startUploadServer(weather);
  const client = new OpenAI({ baseURL: server.url, apiKey: "sk-naive", logLevel: "off" });
  const records: UploadRecord[] = [];
  const upload = async (index: number): Promise<void> => {
    const text = `naive content ${index}\n`;
    const file = new File([text], `file-${index}.txt`);
    try {
      const { id } = await client.files.create({ file, purpose: "user_data" });
      records.push({ contentId: contentOf(text).contentId, remoteId: id });
    } catch {
      // It says that the upload failed.
    }
  };
  try {
    await Promise.all(Array.from({ length: count }, (_, index) => upload(index)));
    await server.calm();
    const acknowledged = new Set(records.map(({ contentId }) => contentId));
    return uploadTroubles({ held: server.held, records, acknowledged, foreign: [] });
  } finally {
    await server.stop();
  }
}
