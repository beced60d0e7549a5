/** What stands in quotation marks, within one line, is said by somebody else. */
export const QUOTATION =
  /"[^"\n]*"|“[^“”\n]*”|„[^„“”\n]*[“”]|[«「][^«「»」\n]*[»」]|(?<![\p{L}\p{N}])['‘][^'‘’\n]*['’](?!\p{L})/gu;
