const star = '*';

/** 张三丰 → 张*: one star whatever the length, so that the length is not told either. */
export function maskName(name: string): string {
  const [first = ''] = name.trim();
  return `${first}${star}`;
}

/** 测试商行 → 测试*行: enough to tell two firms of a list apart. */
export function maskCompanyName(name: string): string {
  const characters = Array.from(name.trim());
  if (characters.length < 4) return maskName(name);
  return `${characters.slice(0, 2).join('')}${star}${characters.slice(-1).join('')}`;
}

/** First and last character, for lists. */
export function maskResidentId(residentId: string): string {
  return keepEnds(residentId, 1, 1);
}

/** First three and last four characters, for staff who must compare a document with a number. */
export function maskResidentIdForStaff(residentId: string): string {
  return keepEnds(residentId, 3, 4);
}

/** 13812345678 → 138****5678. */
export function maskMobile(mobile: string): string {
  return keepEnds(mobile, 3, 4);
}

/** The last four digits of a card. */
export function cardLast4Of(cardNumber: string): string {
  return cardNumber.slice(-4);
}

function keepEnds(text: string, first: number, last: number): string {
  if (text.length <= first + last) return star.repeat(text.length);
  return `${text.slice(0, first)}${star.repeat(text.length - first - last)}${text.slice(-last)}`;
}
