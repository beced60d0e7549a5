/** What `touchstone serve` is given. */
export interface ServeOptions {
  config?: string;
  port?: number;
  host?: string;
  allowHost?: string[];
  requireToken?: boolean;
  forward?: string;
  forwardHeader?: string[];
  gateway?: boolean;
  gatewayPort?: number;
  detach?: boolean;
  status?: boolean;
  stop?: boolean;
  json?: boolean;
}
