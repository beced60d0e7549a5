/** What decides the route of a request: the path without its query, and the model that its body names. */
export interface RoutedRequest {
  path: string;
  model: string | undefined;
}
