/** The bundler gives the file's text. */
declare module '*.svg' {
  const text: string;

  export = text;
}
