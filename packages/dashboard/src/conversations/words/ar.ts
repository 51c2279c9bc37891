import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const ar: Words<typeof en> = {
  place: 'المحادثات',
  listFailed: 'تعذر تحميل المحادثات',
  noneOpen: 'لا توجد محادثات مفتوحة',
  noneOpenHelp: 'تظهر المحادثات الجديدة هنا تلقائيًا.',
};
