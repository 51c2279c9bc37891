import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const ar: Words<typeof en> = {
  title: 'الروبوتات',
  lead: 'برنامج لك يرد أولاً. يتلقى كل حدث على عنوانه ويستدعي الواجهة برمزه.',
  add: 'إضافة روبوت',
  edit: 'تعديل الروبوت',
  failed: 'تعذر تحميل الروبوتات',
  none: 'لا روبوتات بعد',
  noneHelp: 'أضف واحداً ثم اختره في إعدادات صندوق الوارد.',
  name: 'الاسم',
  description: 'الوصف',
  url: 'العنوان',
  urlHelp: 'تُرسل إليه الأحداث موقّعة بالسر.',
  noUrl: 'بلا عنوان',
  system: 'مدمج',
  secrets: 'الرمز والسر',
  token: 'رمز الوصول',
  tokenHelp: 'يرسله الروبوت في api_access_token.',
  secret: 'السر',
  standardSecret: 'سر Standard Webhooks',
  replace: 'استبدال',
  replaceWarning: 'يتوقف فوراً كل ما يستخدم القديم.',
  replaceFailed: 'تعذر الاستبدال؛ ما زال القديم يعمل',
  notFound: 'لا يوجد روبوت كهذا',
  back: 'كل الروبوتات',
};
