import type { Io } from './terminal/io.ts';

/** Runs what a command does; the number that it returns becomes the exit code. */
export type RunAction = (action: (io: Io) => Promise<number>) => Promise<void>;
