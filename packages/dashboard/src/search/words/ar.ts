import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const ar: Words<typeof en> = {
  place: 'البحث',
  title: 'البحث',
  box: 'ابحث في المحادثات وجهات الاتصال والرسائل',
  help: 'اكتب اسماً أو بريداً أو رقماً أو كلمات كتبها أحد.',
  failed: 'لم ينجح البحث',
  noMatch: 'لا شيء يطابق «{{text}}»',
  noMatchHelp: 'جرّب بداية كلمة أو كلمات أقل.',
  all: 'الكل',
  conversations: 'المحادثات',
  contacts: 'جهات الاتصال',
  messages: 'الرسائل',
  more: 'المزيد',
  aFile: 'ملف',
};
