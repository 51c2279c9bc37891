import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const ar: Words<typeof en> = {
  saved: 'التصفيات المحفوظة',
  none: 'ضيّق القائمة ثم احفظها هنا باسم.',
  failed: 'تعذر تحميل التصفيات المحفوظة',
  name: 'اسم هذه التصفية',
  keep: 'حفظ',
  edit: 'تغيير التصفية {{name}}',
  editHelp: 'غيّر ما اختير أعلاه أو الاسم أو كليهما.',
  nameOnly: 'أُنشئت في مكان آخر بشروط لا يمكن عرضها هنا. يمكن تغيير اسمها.',
  remove: 'حذف التصفية {{name}}',
  isChanged: 'تغيّرت التصفية: {{name}}',
  isRemoved: 'حُذفت التصفية: {{name}}',
  notChanged: 'تعذر تغيير التصفية',
};
