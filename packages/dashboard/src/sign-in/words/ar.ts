import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const ar: Words<typeof en> = {
  title: 'تسجيل الدخول إلى Hoory',
  email: 'البريد الإلكتروني',
  password: 'كلمة المرور',
  signIn: 'تسجيل الدخول',
  wrong: 'البريد الإلكتروني وكلمة المرور غير متطابقين. تحقق منهما وحاول مرة أخرى.',
  forgot: 'هل نسيت كلمة المرور؟',
  forgotTitle: 'كلمة مرور جديدة',
  forgotHelp: 'يصلك رابط بالبريد تختار عنده كلمة أخرى.',
  sendLink: 'إرسال الرابط',
  sent: 'إن كان هذا البريد لأحد فالرابط في الطريق. لم يصل شيء؟ يستطيع من يدير الخادم أن يعطيك رابطاً.',
  back: 'العودة إلى تسجيل الدخول',
};
