/** Characters of a text that are searched; what follows is not. */
export const searchedLength = 5_000_000;

/** Characters of two texts together beyond which nobody would read what has changed. */
export const comparedLength = 20_000_000;
