/** What one module loads, as far as its text tells. */
export interface ModuleNeeds {
  /** Absolute paths of files. */
  files: string[];
  /** Folders of which it may load any code. */
  folders: string[];
  /** It needs packages that are installed. */
  packages: boolean;
}
