/** What is wrong with a text that should be the address of a server. */
export type AddressFault = 'no-address' | 'credentials';

/**
 * The address of a server, which is of the scheme http or https and holds neither name nor password: those would stand
 * in messages, logs and reports. They belong in a header.
 */
export function readAddress(text: string): URL | AddressFault {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) return 'no-address';
  return url.username === '' && url.password === '' ? url : 'credentials';
}
