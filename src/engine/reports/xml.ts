import { visibleText } from '../model/visibleText.ts';

/** Character data of an XML 1.0 element. What XML may not hold is shown in another way. */
export function xmlText(text: string): string {
  return escapeText(text).replaceAll('\r', '&#13;');
}

/** Attributes in their order, each with a blank before it. Line breaks and tabs survive the reader. */
export function xmlAttributes(attributes: { [name: string]: string | number }): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${attributeText(String(value))}"`)
    .join('');
}

function attributeText(text: string): string {
  return escapeText(text).replace(/["\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function escapeText(text: string): string {
  return visibleText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
