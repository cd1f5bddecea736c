/** Common names of time zones that the IANA database does not contain or names differently. */

/**
 * Abbreviations by the zone of the city that was probably intended. ICU accepts some of them with another meaning: BST is
 * Bangladesh time, EST and MST have no daylight saving time. https://www.unicode.org/reports/tr35/#Time_Zone_Identifiers
 */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  UTC: 'UCT Z ZULU UNIVERSAL GREENWICH GMT0 GMT+0 GMT-0 GMT',
  'Europe/London': 'BST GB GB-EIRE',
  'Europe/Lisbon': 'WET WEST',
  'Europe/Berlin': 'CET CEST MET MEST MEZ MESZ',
  'Europe/Athens': 'EET EEST',
  'Europe/Moscow': 'MSK W-SU',
  'Europe/Istanbul': 'TRT',
  'America/New_York': 'ET EST EDT EST5EDT',
  'America/Chicago': 'CT CST CDT CST6CDT',
  'America/Denver': 'MT MST MDT MST7MDT',
  'America/Los_Angeles': 'PT PST PDT PST8PDT',
  'America/Phoenix': 'PNT',
  'America/Anchorage': 'AKST AKDT',
  'America/Halifax': 'AST ADT',
  'America/St_Johns': 'NST NDT',
  'America/Puerto_Rico': 'PRT',
  'America/Sao_Paulo': 'BRT BRST BET',
  'America/Argentina/Buenos_Aires': 'ART AGT',
  'Pacific/Honolulu': 'HST HAST',
  'Pacific/Auckland': 'NZ NZST NZDT',
  'Asia/Kolkata': 'IST',
  'Asia/Karachi': 'PKT PLT',
  'Asia/Dhaka': 'BDT',
  'Asia/Dubai': 'GST',
  'Asia/Bangkok': 'ICT',
  'Asia/Ho_Chi_Minh': 'VST',
  'Asia/Jakarta': 'WIB',
  'Asia/Manila': 'PHT',
  'Asia/Singapore': 'SGT',
  'Asia/Hong_Kong': 'HKT',
  'Asia/Shanghai': 'PRC CTT',
  'Asia/Taipei': 'ROC',
  'Asia/Seoul': 'ROK KST',
  'Asia/Tokyo': 'JST',
  'Australia/Sydney': 'AET AEST AEDT',
  'Australia/Adelaide': 'ACT ACST ACDT',
  'Australia/Perth': 'AWST',
  'Africa/Johannesburg': 'SAST',
  'Africa/Maputo': 'CAT',
  'Africa/Nairobi': 'EAT',
  'Africa/Lagos': 'WAT',
};

/** Places that share the zone of another city. The database names only one city per zone, often not the capital. Lower case. */
const PLACES: Readonly<Record<string, string>> = {
  'Europe/Berlin': 'munich hamburg frankfurt cologne stuttgart dusseldorf leipzig dresden bonn germany',
  'Europe/Paris': 'lyon marseille toulouse nice france',
  'Europe/London': 'manchester birmingham edinburgh glasgow cardiff leeds cambridge oxford england britain uk',
  'Europe/Rome': 'milan naples turin florence italy',
  'Europe/Madrid': 'barcelona valencia seville spain',
  'Europe/Zurich': 'geneva bern basel lausanne switzerland',
  'Europe/Amsterdam': 'rotterdam the_hague utrecht eindhoven netherlands',
  'Europe/Brussels': 'antwerp ghent belgium',
  'Europe/Vienna': 'graz salzburg linz austria',
  'Europe/Stockholm': 'gothenburg malmo sweden',
  'Europe/Warsaw': 'krakow gdansk wroclaw poznan poland',
  'Europe/Prague': 'brno',
  'Europe/Lisbon': 'porto',
  'Europe/Moscow': 'saint_petersburg st_petersburg russia',
  'Europe/Istanbul': 'ankara izmir',
  'Asia/Kolkata': 'mumbai bombay delhi new_delhi bangalore bengaluru chennai hyderabad pune india',
  'Asia/Shanghai': 'beijing peking shenzhen guangzhou hangzhou china',
  'Asia/Tokyo': 'osaka kyoto yokohama nagoya',
  'Asia/Ho_Chi_Minh': 'hanoi vietnam',
  'Asia/Karachi': 'islamabad lahore pakistan',
  'Asia/Jerusalem': 'tel_aviv haifa',
  'Asia/Dubai': 'abu_dhabi',
  'Asia/Seoul': 'busan korea',
  'America/New_York': 'boston washington miami atlanta philadelphia new_york_city nyc eastern',
  'America/Chicago': 'dallas houston austin minneapolis central',
  'America/Denver': 'salt_lake_city mountain',
  'America/Los_Angeles': 'san_francisco seattle san_diego san_jose las_vegas portland pacific',
  'America/Toronto': 'ottawa montreal canada',
  'America/Edmonton': 'calgary',
  'America/Sao_Paulo': 'rio_de_janeiro rio brasilia brazil',
  'Australia/Sydney': 'canberra',
  'Pacific/Auckland': 'wellington new_zealand',
  'Africa/Johannesburg': 'cape_town pretoria durban',
  'Africa/Lagos': 'abuja',
};

const byWord = new Map(
  [ABBREVIATIONS, PLACES].flatMap(table =>
    Object.entries(table).flatMap(([zone, words]) => words.split(' ').map(word => [word.toLowerCase(), zone] as const)),
  ),
);

/**
 * The zone that was probably intended by an abbreviation, or by a place that is not the name of a zone.
 * @param word in lower case
 */
export function suggestZone(word: string): string | undefined {
  return byWord.get(word);
}
