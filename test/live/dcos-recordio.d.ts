// The package contains no types.
declare module '@dcos/recordio' {
  const recordio: {
    /** The complete records, and the remaining text. */
    read(text: string): [records: string[], rest: string];
  };
  export default recordio;
}
