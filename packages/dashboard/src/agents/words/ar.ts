import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const ar: Words<typeof en> = {
  title: 'الموظفون',
  lead: 'كل من يستطيع الدخول والرد. ويغيّر المسؤولون الإعدادات أيضاً ويرون كل الصناديق.',
  failed: 'تعذر تحميل الموظفين',
  add: 'دعوة موظف',
  send: 'دعوة',
  edit: 'تعديل {{name}}',
  name: 'الاسم',
  email: 'البريد الإلكتروني',
  emailHelp:
    'تصله رسالة برابط لاختيار كلمة مرور. وإن كان هذا الخادم لا يرسل البريد فإن الأمر hoory password-reset يطبع الرابط.',
  role: 'الدور',
  agent: 'موظف',
  administrator: 'مسؤول',
  agentHelp: 'يرد في الصناديق التي هو عضو فيها.',
  administratorHelp: 'يرى كل شيء ويغيّر الإعدادات.',
  inboxes: 'عضو في',
  notConfirmed: 'مدعو',
  you: 'أنت',
  invited: 'تمت دعوة {{name}}',
  remove: 'إزالة من الحساب',
  only: 'أنت وحدك هنا',
  onlyHelp: 'ادعُ من يردون معك على العملاء.',
  membershipFailed: 'تمت دعوة {{name}}، لكنه ليس عضواً بعد في كل الصناديق المختارة',
};
