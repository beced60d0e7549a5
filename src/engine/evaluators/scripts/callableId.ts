/**
 * Source of a function that makes the id of a provider callable, as promptfoo's scripts expect it (`provider.id()`). As a
 * text or as JSON it is the id as well.
 */
export const CALLABLE_ID = `(provider) => {
  if (!provider || typeof provider.id !== 'string') return;
  const { id } = provider;
  provider.id = Object.assign(() => id, { toString: () => id, toJSON: () => id });
}`;
