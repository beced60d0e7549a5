/** What stands in quotation marks, within one line, is said by somebody else. */
export const QUOTATION =
  /"[^"\n]{0,500}"|“[^”\n]{0,500}”|„[^“”\n]{0,500}[“”]|«[^»\n]{0,500}»|「[^」\n]{0,500}」|(?<![\p{L}\p{N}])['‘][^'’\n]{0,500}['’](?!\p{L})/gu;
