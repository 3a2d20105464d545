// The package has no types of its own.
declare module '@dcos/recordio' {
  const recordio: {
    /** The records that are complete, and the text behind them. */
    read(text: string): [records: string[], rest: string];
  };
  export default recordio;
}
