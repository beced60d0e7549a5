/** Tells a client that has left from other reasons to stop. */
export const LEFT = new Error('the client has left');

/** Nothing came for as long as the route allows. */
export class SilenceReached extends Error {}

/** All that a client is told of a bug. */
export const BUG = 'something went wrong in the gateway';
