import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const ar: Words<typeof en> = {
  places: 'الأماكن',
  skip: 'انتقل إلى المحتوى',
  noScreen: 'لا يوجد شيء في هذا العنوان',
  toConversations: 'انتقل إلى المحادثات',
  screenFailed: 'تعذر عرض هذه الشاشة',
  onlyAdministrators: 'هذه الشاشة للمسؤولين فقط',
  askAdministrator: 'اطلب من مسؤول حسابك تغييرها.',
  you: 'أنت',
  theme: 'المظهر',
  light: 'فاتح',
  dark: 'داكن',
  system: 'مثل الجهاز',
  language: 'اللغة',
  accounts: 'الحسابات',
  signOut: 'تسجيل الخروج',
};
