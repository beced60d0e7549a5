/** A file or folder of the workspace that a configuration names, resolved and inside the workspace. */
export interface FileReference {
  /** Relative to the workspace, with `/`. */
  path: string;
  /** On this machine. */
  absolute: string;
}
