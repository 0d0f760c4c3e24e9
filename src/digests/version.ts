/** Version of all extractors. Apart from them, so that who asks for it does not load them. */
export const version = 2;

/** Version of what is said of a file that could not be looked into this time: below every other, so that it is tried again. */
export const unreadVersion = 0;
