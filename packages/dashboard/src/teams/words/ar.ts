import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const ar: Words<typeof en> = {
  title: 'الفرق',
  lead: 'يتشارك الفريق المحادثات: الفوترة، الإمداد، المستوى الثاني.',
  add: 'إضافة فريق',
  edit: 'تعديل الفريق',
  failed: 'تعذر تحميل الفرق',
  none: 'لا فرق بعد',
  noneHelp: 'يمكن إسناد المحادثة إلى فريق بدلاً من شخص.',
  name: 'الاسم',
  nameHelp: 'يُحفظ بأحرف صغيرة.',
  description: 'الوصف',
  autoAssign: 'اختيار شخص متصل',
  autoAssignHelp: 'تُسند المحادثة المعطاة للفريق تلقائياً إلى أحد أعضائه.',
  members: 'الأعضاء',
  yours: 'فريقك',
};
