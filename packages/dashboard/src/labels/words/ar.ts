import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const ar: Words<typeof en> = {
  title: 'الوسوم',
  lead: 'تصنّف الوسوم المحادثات والعملاء حسب الموضوع.',
  add: 'إضافة وسم',
  edit: 'تعديل الوسم',
  failed: 'تعذر تحميل الوسوم',
  none: 'لا وسوم بعد',
  noneHelp: 'ابدأ بقليل منها يفهمه الجميع: استرداد، توصيل، vip.',
  name: 'العنوان',
  nameHelp: 'حرفان على الأقل أو أرقام أو شرطات؛ تُحفظ بأحرف صغيرة. يسري تغيير الاسم على كل ما وُسم.',
  description: 'الوصف',
  color: 'اللون',
  sidebar: 'عرض بجانب المحادثات',
};
