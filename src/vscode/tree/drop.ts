import { DataTransferItem, type DataTransfer, type TreeDragAndDropController } from "vscode";
import { isFileNode, type TreeNode } from "./node.ts";
import { parseUriList } from "./uri-list.ts";

const uriList = "text/uri-list";

/** Dropped files become session files; dragged rows are offered as files to whoever takes them. */
export type DropController = TreeDragAndDropController<TreeNode>;

/** `add` gets the URIs of what was dropped. */
export function createDropController(
  add: (uris: readonly string[]) => Promise<void>,
): DropController {
  return {
    dropMimeTypes: [uriList],
    dragMimeTypes: [uriList],
    handleDrag(nodes, data: DataTransfer) {
      const uris = nodes.filter(isFileNode).map(({ view }) => view.file.uri);
      if (uris.length > 0) data.set(uriList, new DataTransferItem(uris.join("\r\n")));
    },
    async handleDrop(_target, data) {
      const list = await data.get(uriList)?.asString();
      const uris = parseUriList(list ?? "");
      if (uris.length > 0) await add(uris);
    },
  };
}
