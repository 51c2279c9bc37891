/** Words of messages and names of people: few are common and most are rare (Zipf's law), some are Chinese or Arabic. */
import type { Random } from './random.ts';

/** How many different words people use. */
const vocabularySize = 20_000;

const onsets = [
  'b',
  'br',
  'd',
  'f',
  'g',
  'gr',
  'h',
  'k',
  'kr',
  'l',
  'm',
  'n',
  'p',
  'pr',
  'r',
  's',
  't',
  'v',
  'w',
  'z',
];
const vowels = ['a', 'e', 'i', 'o', 'u', 'ai', 'ea', 'ou'];
const endings = ['', 'n', 'r', 's', 't', 'l', 'nd', 'ck'];
const hanzi = [...'订单发货退款物流地址客服问题收到付取消确认时间商品价格优惠包裹快递帮助谢'];
const arabicLetters = [...'ابتجدرزسعفقكلمنهوي'];

/** Ranks of a script repeat with this period, so that both a common and a rare word of each script exist. */
const chinesePeriod = 12;
const arabicPeriod = 15;
const chinesePlace = 7;
const arabicPlace = 11;

/** The word of a rank, from 0, the most common. Each rank has its own word. */
export function wordOfRank(rank: number): string {
  if (rank % chinesePeriod === chinesePlace) return spell(Math.floor(rank / chinesePeriod), [hanzi, hanzi]);
  if (rank % arabicPeriod === arabicPlace)
    return `ال${spell(Math.floor(rank / arabicPeriod), [arabicLetters, arabicLetters, arabicLetters])}`;
  return spell(rank, [onsets, vowels, endings, onsets, vowels]);
}

/** Writes a number with a part of each list as its digits; what is left becomes further parts of the first two lists. */
function spell(number: number, lists: readonly (readonly string[])[]): string {
  let text = '';
  let rest = number;
  for (const list of lists) {
    text += list[rest % list.length] ?? '';
    rest = Math.floor(rest / list.length);
  }
  return rest > 0 ? `${text}${spell(rest - 1, lists.slice(0, 2))}` : text;
}

/** The most common word of a script, and a rare one of ours. */
export const knownWords = {
  common: wordOfRank(0),
  second: wordOfRank(1),
  rare: wordOfRank(15_000),
  chinese: wordOfRank(chinesePlace),
  arabic: wordOfRank(arabicPlace),
};

/** Chances of the ranks up to each: rank r is chosen with a probability in proportion to 1 / (r + 1). */
const cumulative = Float64Array.from({ length: vocabularySize });
let sum = 0;
for (let rank = 0; rank < vocabularySize; rank++) {
  sum += 1 / (rank + 1);
  cumulative[rank] = sum;
}

/** A rank from 0 by Zipf's law. */
export function pickRank(random: Random): number {
  const wanted = random.next() * sum;
  let low = 0;
  let high = vocabularySize - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] ?? sum) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A message of 3 to 20 words. */
export function sentence(random: Random): string {
  const length = 3 + random.below(18);
  return Array.from({ length }, () => wordOfRank(pickRank(random))).join(' ');
}

const firstNames = [
  ...['Ada', 'Ben', 'Clara', 'David', 'Elena', 'Farid', 'Grace', 'Hugo', 'Ines', 'Jonas', 'Katja', 'Liam'],
  ...['Maria', 'Noah', 'Olga', 'Paul', 'Rosa', 'Samir', 'Tom', 'Yara', '伟', '芳', '静', 'محمد', 'فاطمة'],
];
const lastNames = [
  ...['Smith', 'Garcia', 'Müller', 'Rossi', 'Novak', 'Silva', 'Kim', 'Haddad', 'Okafor', 'Jensen', 'Dubois'],
  ...['Ivanova', 'Tanaka', 'Kowalski', 'Papadopoulos', 'Singh', '王', '李', '张', 'العلي', 'حسن'],
];
const cities = ['Berlin', 'Lagos', 'Lima', 'Lyon', 'Osaka', 'Oslo', 'Porto', '上海', 'القاهرة', 'Zagreb'];
const companies = ['Acme', 'Borealis', 'Contoso', 'Dunder', 'Initech', 'Umbra', 'Vandelay', 'Wayne'];

export const nameOf = (random: Random): string =>
  `${random.pick(firstNames)} ${random.pick(lastNames)} ${wordOfRank(pickRank(random))}`;

/** Attributes that agents keep about a contact. */
export const addressOf = (random: Random) => ({
  city: random.pick(cities),
  country: random.pick(['Germany', 'Nigeria', 'Peru', 'France', 'Japan', 'Norway', 'Egypt']),
  company_name: `${random.pick(companies)} ${random.below(500)}`,
});
