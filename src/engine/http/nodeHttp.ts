/**
 * Node's modules for HTTP, loaded by the first request: most runs of the command line make none. An `import` lists the
 * exports of `node:http`, and for one of them loads Node's whole fetch, 20 ms of every start; `node:https` takes as long.
 */
export const nodeHttp = () => process.getBuiltinModule('node:http');
export const nodeHttps = () => process.getBuiltinModule('node:https');
/** To resolve names and to tell addresses apart, which few runs do. */
export const nodeDns = () => process.getBuiltinModule('node:dns');
export const nodeNet = () => process.getBuiltinModule('node:net');
