/** A letter that is being written: in memory only, and wiped once it is sealed or the page is left. */
import type { CleanPicture } from "./picture";

/** What a letter is about, in the order in which it is asked. */
export const CONCERNS = ["question", "help", "event", "feedback"] as const;
export type Concern = (typeof CONCERNS)[number];

export interface Draft {
  concern: Concern;
  text: string;
  pictures: CleanPicture[];
  town: string;
  wantsReply: boolean;
  /** The section whose mailbag the answer shall travel in. */
  section: string;
  /** The guide that the letter is about. */
  guide: { readonly path: string; readonly title: string } | undefined;
}

export const emptyDraft = (section: string): Draft => ({
  concern: "question",
  text: "",
  pictures: [],
  town: "",
  wantsReply: true,
  section,
  guide: undefined,
});
