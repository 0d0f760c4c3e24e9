/** Version of all extractors. Apart from them, so that who asks for it does not load them. */
export const version = 1;
