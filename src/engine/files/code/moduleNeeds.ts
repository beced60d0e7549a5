/** The dependencies of one module, judged by its source. */
export interface ModuleNeeds {
  /** Absolute paths of files. */
  files: string[];
  /** Folders of which it may load any code. */
  folders: string[];
  /** It needs packages that are installed. */
  packages: boolean;
}
