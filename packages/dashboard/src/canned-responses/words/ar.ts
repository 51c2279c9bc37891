import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const ar: Words<typeof en> = {
  title: 'الردود الجاهزة',
  lead: 'ردود تكررها كثيراً. اكتب / ثم الرمز في الرد.',
  add: 'إضافة رد',
  edit: 'تعديل الرد',
  failed: 'تعذر تحميل الردود الجاهزة',
  none: 'لا ردود جاهزة بعد',
  noneHelp: 'دوّن ما تقوله عشر مرات في اليوم: ساعات العمل، الشحن، الإرجاع.',
  code: 'الرمز',
  codeHelp: 'ما تكتبه بعد الشرطة المائلة.',
  content: 'النص',
  contentHelp: 'يُستبدل contact.name وagent.name بين قوسين مزدوجين عند الإرسال.',
};
