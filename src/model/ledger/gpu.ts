/** Devices of one machine as a bit mask: bit i is device i. Hence at most 31 devices per machine. */
export type DeviceMask = number;

export const MAX_DEVICES = 31;

/** Quanta of a whole GPU device. */
export const WHOLE_DEVICE = 1000;
