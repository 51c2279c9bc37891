import type { Words } from '../../words/words.ts';
import type { en } from './en.ts';

export const ar: Words<typeof en> = {
  tabs: 'طرق الاتصال',
  curl: 'curl',
  sdk: 'JavaScript',
  embed: 'صفحة ويب',
  flutter: 'Flutter',
  curlHelp: 'الصقه في الطرفية: ينشئ عميلاً ومحادثة ورسالة.',
  sdkHelp: 'للمتصفحات وNode وReact Native، بعميل هذا الخادم.',
  embedHelp: 'ضعه قبل نهاية جسم أي صفحة: تظهر فقاعة محادثة.',
  flutterHelp: 'للتطبيقات التي تستخدم حزمة chatwoot_sdk: flutter pub add chatwoot_sdk',
  copyCode: 'نسخ',
  copied: 'تم النسخ',
  waiting: 'في انتظار الرسالة الأولى…',
  waitingHelp: 'ستظهر هنا لحظة وصولها.',
  arrived: 'وصلت الرسالة الأولى',
  arrivedFrom: 'كتب {{name}}: {{text}}',
  aFile: 'ملف',
  answer: 'الرد عليها',
  openChat: 'فتح محادثة المثال',
  openChatHelp: 'اكتب هناك كما يكتب العميل.',
};
