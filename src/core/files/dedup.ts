import type { FileView } from "../session/session.ts";
import type { ContentId } from "./content.ts";

/** Files of one session with equal bytes. */
export interface DuplicateGroup {
  readonly contentId: ContentId;
  /** The file to keep: pinned before unpinned, then the first in the session. */
  readonly keep: FileView;
  readonly others: readonly FileView[];
}

/** The groups of files with equal content ids, in the order of the session. */
export function findDuplicates(files: readonly FileView[]): readonly DuplicateGroup[] {
  const groups = Map.groupBy(files, (view) => view.file.contentId);
  return [...groups].flatMap(([contentId, views]) => {
    const keep = views.find((view) => view.file.pinned) ?? views[0];
    if (!keep || views.length < 2) return [];
    return [{ contentId, keep, others: views.filter((view) => view !== keep) }];
  });
}
