// How text is masked.

/** One dot for each character; white space stays, so that the layout does. */
export function maskText(text: string): string {
  return text.replace(/\S/gu, '•');
}

const CARD = /\b\d(?:[ -]?\d){12,18}\b/g;
const IBAN = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b/g;
const TOKEN =
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|\bBearer\s+[\w.~+/-]{8,}=*|\b(?:sk|pk|rk)_(?:live|test)_\w{8,}|\bAKIA[0-9A-Z]{12,}|\bgh[pousr]_\w{16,}|\bxox[abp]-[\w-]{10,}|-----BEGIN [A-Z ]+-----/g;

/** Numbers that were never given out are left: dates and article numbers look like them. */
const SSN = /(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/g;
const EMAIL = /[\p{L}\p{N}._%+'-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.)+\p{L}{2,24}/gu;
/** In the international form, or as North America writes them. */
const PHONE =
  /(?<![\w+])\+\d(?:[ ()./-]{0,2}\d){7,14}(?!\d)|(?<![\w.-])(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}(?![\w.-])/g;

function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, double = false; i >= 0; i--, double = !double) {
    let n = digits.charCodeAt(i) - 48;
    if (double) n = n > 4 ? n * 2 - 9 : n * 2;
    sum += n;
  }
  return sum % 10 === 0;
}

function iban(text: string): boolean {
  const compact = text.replace(/ /g, '');
  let rest = 0;
  for (const c of compact.slice(4) + compact.slice(0, 4)) {
    const v = c >= 'A' ? c.charCodeAt(0) - 55 : c.charCodeAt(0) - 48;
    rest = (v > 9 ? rest * 100 + v : rest * 10 + v) % 97;
  }
  return compact.length >= 15 && rest === 1;
}

/** Masks what looks like a secret in text that is shown otherwise. A second line: what must not be seen is masked by attribute. */
export function maskPatterns(text: string): string {
  // A phone number, the shortest of them all but addresses, has nine characters.
  if (text.length < 9) return text.includes('@') ? text.replace(EMAIL, maskText) : text;
  let out = text;
  // Each pattern has a shorter one before it that most text fails at once. A card has thirteen digits at least.
  if (/\d(?:[ -]?\d){12}/.test(out)) out = out.replace(CARD, (m) => (luhn(m.replace(/\D/g, '')) ? maskText(m) : m));
  if (/[A-Z]{2}\d{2}/.test(out)) out = out.replace(IBAN, (m) => (iban(m) ? maskText(m) : m));
  if (out.includes('@')) out = out.replace(EMAIL, maskText);
  if (/\d-\d\d-\d/.test(out)) out = out.replace(SSN, maskText);
  if (/\+\d|\d{3}[).-] ?\d{3}[.-]/.test(out)) out = out.replace(PHONE, maskText);
  return /eyJ|Bearer|_live_|_test_|AKIA|gh._|xox|BEGIN/.test(out) ? out.replace(TOKEN, maskText) : out;
}
