/** The client alone: the whole of undici takes several times as long to load. */
declare module 'undici/lib/dispatcher/client.js' {
  import { Client } from 'undici';
  // biome-ignore lint/style/noDefaultExport: it is what the package has.
  export default Client;
}

declare module 'undici/lib/core/connect.js' {
  import { buildConnector } from 'undici';
  // biome-ignore lint/style/noDefaultExport: it is what the package has.
  export default buildConnector;
}
