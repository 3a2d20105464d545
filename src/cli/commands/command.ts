/** Tells the process how to exit. */
export type Exit = (code: 0 | 1 | 2 | 130) => void;
