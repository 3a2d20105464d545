/** The library has no types of its own. */
declare module 'sobol' {
  class SobolSequenceGenerator {
    constructor(dimensions: number);
    /** The next point, each number in [0, 1). */
    nextVector(): number[];
  }
  const library: { readonly SobolSequenceGenerator: typeof SobolSequenceGenerator };
  export default library;
}
