/** Texts of the pages to which links in e-mails lead, in the languages of the desk. */
import type { Lang } from './languages.ts';

const en = {
  choose: 'Choose a password',
  password: 'New password',
  rule: 'Six characters or more, with an upper case letter, a lower case letter, a digit and a special character.',
  weak: 'The password is too weak. It must meet the rule below.',
  set: 'Set password',
  isSet: 'Your password is set',
  signIn: 'Sign in',
  confirm: 'Confirm your e-mail',
  confirmIt: 'Confirm',
  confirmed: '{email} is confirmed',
  toDesk: 'Go to the desk',
  badLink: 'The link is invalid or has expired. Ask for a new one.',
};
export type Words = typeof en;

const es: Words = {
  choose: 'Elige una contraseña',
  password: 'Contraseña nueva',
  rule: 'Seis caracteres o más, con una mayúscula, una minúscula, una cifra y un carácter especial.',
  weak: 'A la contraseña le falta algo: mira abajo lo que se pide.',
  set: 'Guardar contraseña',
  isSet: 'Tu contraseña está guardada',
  signIn: 'Iniciar sesión',
  confirm: 'Confirma tu correo',
  confirmIt: 'Confirmar',
  confirmed: '{email} está confirmado',
  toDesk: 'Ir al escritorio',
  badLink: 'El enlace no es válido o ya no lo es. Pide uno nuevo.',
};

const ar: Words = {
  choose: 'اختر كلمة مرور',
  password: 'كلمة المرور الجديدة',
  rule: 'ستة أحرف أو أكثر، فيها حرف كبير وحرف صغير ورقم ورمز خاص.',
  weak: 'تحتاج كلمة المرور إلى المزيد: انظر المطلوب أدناه.',
  set: 'حفظ كلمة المرور',
  isSet: 'حُفظت كلمة مرورك',
  signIn: 'تسجيل الدخول',
  confirm: 'أكّد بريدك الإلكتروني',
  confirmIt: 'تأكيد',
  confirmed: 'تم تأكيد {email}',
  toDesk: 'إلى المكتب',
  badLink: 'الرابط غير صالح، أو لم يعد كذلك. اطلب رابطاً جديداً.',
};

export const passwordWords: Readonly<Record<Lang, Words>> = { en, es, ar };
