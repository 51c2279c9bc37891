import type { Words } from '../words.ts';
import type { en } from './en.ts';

export const ar: Words<typeof en> = {
  close: 'إغلاق',
  copied: 'تم النسخ',
  copyWhat: 'نسخ {{what}}',
  show: 'إظهار',
  hide: 'إخفاء',
  saving: 'جارٍ الحفظ',
  saved: 'تم الحفظ',
  tryAgain: 'حاول مرة أخرى',
  undo: 'تراجع',
  cancel: 'إلغاء',
  requestId: 'نسخ رقم الطلب',
  online: 'متصل',
  busy: 'مشغول',
  offline: 'تعذر الوصول إلى الخادم. تحقق من اتصالك.',
  tooSlow: 'لم يرد الخادم في الوقت المناسب.',
  notFound: 'لم يعد موجودًا، أو لا يمكنك رؤيته.',
  serverFault: 'حدث خطأ في الخادم. لم تفقد شيئًا؛ حاول مرة أخرى بعد قليل.',
  unknownFault: 'حدث شيء غير متوقع. أعد تحميل الصفحة إذا استمر.',
  selection: 'المحدَّد',
  choose: 'تحديد {{name}}',
  chooseThis: 'تحديد',
  chooseUpTo: 'تحديد حتى هنا',
  chooseAll: 'كل هذه القائمة',
  unchoose: 'إنهاء التحديد',
};
