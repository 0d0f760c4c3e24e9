import { codeExtensions } from "./code-languages.ts";
import type { Extractor } from "../extraction.ts";
import type { Family } from "../families.ts";

/** Source code, notebooks and configuration. What reads them is loaded with the first file of the kind. */
export const sourceFamilies: readonly Family[] = [
  {
    name: "source code",
    extract: later(async () => (await import("./code.ts")).extractCode),
    extensions: codeExtensions,
    isText: true,
  },
  {
    name: "notebooks",
    extract: later(async () => (await import("./notebook.ts")).extractNotebook),
    extensions: "ipynb",
    isText: true,
  },
  {
    name: "texts with chunks of code",
    extract: later(async () => (await import("./chunks.ts")).extractChunks),
    extensions: "rmd qmd",
    isText: true,
  },
  {
    name: "YAML",
    extract: later(async () => (await import("../data/yaml.ts")).extractYaml),
    extensions: "yaml yml cff",
    isText: true,
  },
  {
    name: "TOML",
    extract: later(async () => (await import("../data/toml.ts")).extractToml),
    extensions: "toml",
    isText: true,
  },
  {
    name: "INI, properties and environment files",
    extract: later(async () => (await import("../data/ini.ts")).extractIni),
    extensions: "ini cfg conf properties env editorconfig desktop service url inf reg",
    isText: true,
  },
  {
    name: "XML",
    extract: later(async () => (await import("../data/xml.ts")).extractXml),
    extensions:
      "xml xsd xsl xslt rss atom wsdl plist gml xaml csproj vbproj fsproj vcxproj props targets resx storyboard xib rdf owl musicxml tei xliff xlf tmx qgs",
    isText: true,
    magic: "xml",
  },
];

/** An extractor that is loaded when it is first called. */
function later(load: () => Promise<Extractor>): Extractor {
  return async (file, pause) => (await load())(file, pause);
}
