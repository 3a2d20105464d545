/** The option `--set`, given again and again; each command says what its parameters are of. */
export const SET_OPTION = { alias: 's', type: 'string', array: true } as const;
