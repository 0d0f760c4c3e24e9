import { isTextType } from "./media-types.ts";

export const geminiDocuments: readonly string[] = ["application/pdf"];

// https://docs.cloud.google.com/vertex-ai/generative-ai/docs/models/gemini/3-flash
export const geminiImages: readonly string[] = ["png", "jpeg", "webp", "heic", "heif"].map(
  (name) => `image/${name}`,
);

export const geminiRecordings: readonly string[] = [
  ...["aac", "flac", "m4a", "mp3", "mp4", "mpeg", "ogg", "wav", "webm"].map(
    (name) => `audio/${name}`,
  ),
  ...["3gpp", "mp4", "mpeg", "quicktime", "webm", "x-flv"].map((name) => `video/${name}`),
];

/** The media type that Gemini is told: it reads all texts alike, but refuses or mistakes the names of many. */
// https://github.com/mscraftsman/generative-ai/issues/133
export function toldType(mediaType: string): string {
  return isTextType(mediaType) ? "text/plain" : mediaType;
}
