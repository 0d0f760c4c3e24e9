/** A PDF that the package `unpdf` has opened: what is used of it. */
export interface Pdf {
  readonly numPages: number;
  readonly loadingTask: { destroy(): Promise<void> };
  getMetadata(): Promise<{ readonly info: Readonly<Record<string, unknown>> }>;
  getOutline(): Promise<unknown>;
  getPage(number: number): Promise<PdfPage>;
}

interface PdfPage {
  getTextContent(): Promise<{ readonly items: readonly PdfText[] }>;
  cleanup(): unknown;
}

interface PdfText {
  /** Not all items are text. */
  readonly str?: string;
  readonly hasEOL?: boolean;
}

interface Unpdf {
  getDocumentProxy(
    data: Uint8Array,
    options: Readonly<Record<string, boolean | number>>,
  ): Promise<Pdf>;
}

/** A person or a group of some. */
export interface Address {
  readonly name: string;
  readonly address?: string | undefined;
  readonly group?: readonly Address[] | undefined;
}

export interface Attachment {
  readonly filename: string | null;
  readonly mimeType: string;
  readonly content: ArrayBuffer | Uint8Array | string;
}

/** A mail that the package `postal-mime` has read: what is used of it. */
export interface Email {
  readonly from?: Address | undefined;
  readonly to?: readonly Address[] | undefined;
  readonly cc?: readonly Address[] | undefined;
  readonly subject?: string | undefined;
  readonly date?: string | undefined;
  readonly text?: string | undefined;
  readonly html?: string | undefined;
  readonly attachments: readonly Attachment[];
}

interface PostalMime {
  readonly default: {
    parse(bytes: Uint8Array, options: Readonly<Record<string, number>>): Promise<Email>;
  };
}

// The types of both packages need those of a browser: as the name is no literal here, they are not looked for.

export function loadUnpdf(): Promise<Unpdf> {
  return import("unpdf" satisfies string);
}

export function loadPostalMime(): Promise<PostalMime> {
  return import("postal-mime" satisfies string);
}
