/** Where a deployment acts. Shown and confirmed before anything is changed. */
export interface ClusterTarget {
  /** Name of the context in the kubeconfig; `in-cluster` for the account of the pod that this runs in. */
  context: string;
  server: string;
  namespace: string;
}

/** `context prod (https://k8s.example.com, namespace shop)`. */
export function describeTarget({ context, server, namespace }: ClusterTarget): string {
  return `context ${context} (${server}, namespace ${namespace})`;
}
