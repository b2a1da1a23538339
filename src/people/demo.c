/* people/demo.c: Lillån, which does not exist
 *
 * Tables, then the code that walks them. Units and authorities are named by the short names of the tables. */
#include "people/demo.h"

#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "people/account.h"
#include "people/office.h"
#include "people/password.h"
#include "people/site.h"

static const struct { const char *code, *name, *kind, *email; } authorities[] = {
	{ "KF", "Kommunfullmäktige", "council", "fullmaktige" },
	{ "KS", "Kommunstyrelsen", "board", "kommun" },
	{ "TN", "Tekniska nämnden", "committee", "teknik" },
	{ "BMN", "Bygg- och miljönämnden", "committee", "bygg" },
	{ "BKN", "Barn-, utbildnings- och kulturnämnden", "committee", "skola" },
	{ "SN", "Socialnämnden", "committee", "social" },
};

/* `parent` NULL: right under the authority, a department. */
static const struct { const char *key, *authority, *parent, *name, *email; } units[] = {
	{ "kansli", "KF", NULL, "Fullmäktiges kansli", "fullmaktige" },
	{ "ledning", "KS", NULL, "Kommunledningsförvaltningen", "kommun" },
	{ "kontakt", "KS", "ledning", "Kontaktcenter", "kontakt" },
	{ "registratur", "KS", "ledning", "Registratur och arkiv", "registrator" },
	{ "it", "KS", "ledning", "Digitalisering", "it" },
	{ "teknik", "TN", NULL, "Tekniska förvaltningen", "teknik" },
	{ "gata", "TN", "teknik", "Gata och park", "gata" },
	{ "va", "TN", "teknik", "Vatten och avlopp", "vatten" },
	{ "avfall", "TN", "teknik", "Avfall och återvinning", "avfall" },
	{ "samhalle", "BMN", NULL, "Samhällsbyggnadsförvaltningen", "bygg" },
	{ "bygglov", "BMN", "samhalle", "Bygglov", "bygglov" },
	{ "miljo", "BMN", "samhalle", "Miljö och hälsa", "miljo" },
	{ "bildning", "BKN", NULL, "Bildningsförvaltningen", "skola" },
	{ "forskola", "BKN", "bildning", "Förskola", "forskola" },
	{ "grundskola", "BKN", "bildning", "Grundskola", "grundskola" },
	{ "bibliotek", "BKN", "bildning", "Bibliotek och kultur", "bibliotek" },
	{ "social", "SN", NULL, "Socialförvaltningen", "social" },
	{ "omsorg", "SN", "social", "Äldreomsorg", "omsorg" },
	{ "familj", "SN", "social", "Individ och familj", "familj" },
};

/* The first of each role is what the sign-in page of the demo offers first. authority NULL: the whole municipality. */
static const struct { const char *first, *last, *title, *unit; enum role role; const char *authority, *granted_unit; } people[] = {
	{ "Kim", "Vägledare", "Kommunvägledare", "kontakt", ROLE_CONTACT_GUIDE, "KS", NULL },
	{ "Diana", "Registrator", "Registrator", "registratur", ROLE_REGISTRAR, "KS", NULL },
	{ "Hanna", "Handläggare", "Gatuingenjör", "gata", ROLE_CASE_HANDLER, "TN", "gata" },
	{ "Enok", "Enhetschef", "Enhetschef", "gata", ROLE_UNIT_MANAGER, "TN", "gata" },
	{ "Freja", "Förvaltningschef", "Teknisk chef", "teknik", ROLE_DEPARTMENT_HEAD, "TN", NULL },
	{ "Dag", "Direktör", "Kommundirektör", "ledning", ROLE_CHIEF_EXECUTIVE, "KS", NULL },
	{ "Nora", "Nämndsekreterare", "Nämndsekreterare", "ledning", ROLE_COMMITTEE_SECRETARY, "KS", NULL },
	{ "Arvid", "Arkivarie", "Kommunarkivarie", "registratur", ROLE_ARCHIVIST, "KS", NULL },
	{ "Disa", "Dataskydd", "Dataskyddsombud", "ledning", ROLE_DATA_PROTECTION_OFFICER, "KS", NULL },
	{ "Sune", "Systemförvaltare", "Systemförvaltare", "it", ROLE_SYSTEM_OWNER, NULL, NULL },
	{ "Fanny", "Förtroendevald", "Ledamot", NULL, ROLE_REPRESENTATIVE, "TN", NULL },
	{ "Ossian", "Ordförande", "Ordförande", NULL, ROLE_CHAIR, "TN", NULL },
	{ "Rut", "Revisor", "Förtroendevald revisor", NULL, ROLE_AUDITOR, "KF", NULL },
	{ "Petra", "Skydd", "Registrator", "registratur", ROLE_PROTECTED_HANDLER, "KS", NULL },
	{ "Tyra", "Testledare", "Utvecklare", "ledning", ROLE_TEST_LEADER, "KS", NULL },
	{ "Vera", "Vatten", "VA-ingenjör", "va", ROLE_CASE_HANDLER, "TN", "va" },
	{ "Alva", "Avfall", "Avfallshandläggare", "avfall", ROLE_CASE_HANDLER, "TN", "avfall" },
	{ "Tore", "Teknikregistrator", "Registrator", "teknik", ROLE_REGISTRAR, "TN", NULL },
	{ "Bo", "Bygglov", "Bygglovshandläggare", "bygglov", ROLE_CASE_HANDLER, "BMN", "bygglov" },
	{ "Mira", "Miljö", "Miljöinspektör", "miljo", ROLE_CASE_HANDLER, "BMN", "miljo" },
	{ "Stina", "Samhälle", "Samhällsbyggnadschef", "samhalle", ROLE_DEPARTMENT_HEAD, "BMN", NULL },
	{ "Gun", "Byggregistrator", "Registrator", "samhalle", ROLE_REGISTRAR, "BMN", NULL },
	{ "Folke", "Förskola", "Intendent", "forskola", ROLE_CASE_HANDLER, "BKN", "forskola" },
	{ "Selma", "Skola", "Skolhandläggare", "grundskola", ROLE_CASE_HANDLER, "BKN", "grundskola" },
	{ "Britt", "Bibliotek", "Bibliotekarie", "bibliotek", ROLE_CASE_HANDLER, "BKN", "bibliotek" },
	{ "Björn", "Bildning", "Bildningschef", "bildning", ROLE_DEPARTMENT_HEAD, "BKN", NULL },
	{ "Siri", "Social", "Socialsekreterare", "familj", ROLE_CASE_HANDLER, "SN", "familj" },
	{ "Olle", "Omsorg", "Biståndshandläggare", "omsorg", ROLE_CASE_HANDLER, "SN", "omsorg" },
	{ "Susanne", "Socialchef", "Socialchef", "social", ROLE_DEPARTMENT_HEAD, "SN", NULL },
};

/* A second hat for some: the contact centre sees what is open everywhere, the leaders of units lead more than one. */
static const struct { const char *first; enum role role; const char *authority, *granted_unit; } more_roles[] = {
	{ "Kim", ROLE_CONTACT_GUIDE, NULL, NULL },
	{ "Diana", ROLE_REGISTRAR, "KF", NULL },
	{ "Enok", ROLE_UNIT_MANAGER, "TN", "va" },
	{ "Enok", ROLE_UNIT_MANAGER, "TN", "avfall" },
	{ "Dag", ROLE_DEPARTMENT_HEAD, "KS", NULL },
	{ "Stina", ROLE_UNIT_MANAGER, "BMN", NULL },
	{ "Björn", ROLE_UNIT_MANAGER, "BKN", NULL },
	{ "Susanne", ROLE_UNIT_MANAGER, "SN", NULL },
	{ "Nora", ROLE_COMMITTEE_SECRETARY, "TN", NULL },
	{ "Rut", ROLE_AUDITOR, "KS", NULL },
	{ "Rut", ROLE_AUDITOR, "TN", NULL },
	{ "Disa", ROLE_DATA_PROTECTION_OFFICER, "TN", NULL },
	{ "Disa", ROLE_DATA_PROTECTION_OFFICER, "SN", NULL },
	{ "Petra", ROLE_PROTECTED_HANDLER, "SN", NULL },
	{ "Petra", ROLE_PROTECTED_HANDLER, "KF", NULL },
	{ "Petra", ROLE_PROTECTED_HANDLER, "TN", NULL },
	{ "Petra", ROLE_PROTECTED_HANDLER, "BMN", NULL },
	{ "Petra", ROLE_PROTECTED_HANDLER, "BKN", NULL },
};

static const struct { const char *key, *name, *name_en, *unit, *keywords; } categories[] = {
	{ "vag", "Gator, vägar och cykelvägar", "Streets, roads and cycle paths", "gata",
	    "grop hål asfalt trottoar gata väg cykelväg farthinder skylt vägmärke trafik parkering" },
	{ "sno", "Snö och halka", "Snow and ice", "gata", "snö plogning plogat halka sandning sandat is vinterväg" },
	{ "ljus", "Belysning", "Street lights", "gata", "lampa lykta gatlykta belysning mörkt släckt stolpe" },
	{ "park", "Parker, träd och lekplatser", "Parks, trees and playgrounds", "gata",
	    "park träd buske lekplats gunga gräs bänk skräp papperskorg" },
	{ "avfall", "Sopor och återvinning", "Waste and recycling", "avfall",
	    "sopor sopkärl tunna hämtning tömning återvinning matavfall grovsopor återbruk plast kartong batterier" },
	{ "vatten", "Vatten och avlopp", "Water and drains", "va", "vatten avlopp läcka läckage brunn tryck vattenmätare stopp missfärgat" },
	{ "bygglov", "Bygga, ändra och riva", "Building permits", "bygglov",
	    "bygglov attefall altan garage staket plank tillbyggnad rivning detaljplan nybyggnadskarta" },
	{ "miljo", "Miljö, buller och djur", "Environment, noise and animals", "miljo",
	    "buller oljud lukt nedskräpning miljö råttor skadedjur enskilt avlopp livsmedel restaurang eldning" },
	{ "forskola", "Förskola", "Preschool", "forskola", "förskola dagis barnomsorg plats kö avgift inskolning omsorg nattis" },
	{ "skola", "Skola och skolskjuts", "School and school transport", "grundskola",
	    "skola skolskjuts buss lärare skolval elev skolmat lov fritids fritidshem" },
	{ "bibliotek", "Bibliotek, kultur och fritid", "Library, culture and leisure", "bibliotek",
	    "bibliotek bok lån lånekort konsert museum simhall idrott förening lokal bidrag" },
	{ "omsorg", "Äldre och omsorg", "Care of the elderly", "omsorg", "hemtjänst äldreboende larm färdtjänst omsorg bistånd anhörig" },
	{ "familj", "Stöd till vuxna, barn och familj", "Support for adults, children and families", "familj",
	    "försörjningsstöd stöd familj orosanmälan missbruk våld budgetrådgivning skuld" },
	{ "politik", "Politik, möten och beslut", "Politics, meetings and decisions", "kansli",
	    "möte protokoll fullmäktige nämnd medborgarförslag val folkomröstning politiker" },
	{ "annat", "Annat, eller vet inte", "Something else, or not sure", "kontakt", "övrigt annat allmänt fråga" },
};

/* Rule book 2.3: what municipalities promise. category NULL and channel NULL: the rest. */
static const struct { const char *channel, *category; int confirm, answer; } promises[] = {
	{ NULL, NULL, 1, 5 }, { "email", NULL, 1, 2 }, { "web", NULL, 1, 5 }, { "comment", NULL, 2, 10 },
	{ "letter", NULL, 1, 10 }, { "phone", NULL, 1, 1 }, { "visit", NULL, 1, 1 }, { "social", NULL, 1, 2 },
	{ "sms", NULL, 1, 2 }, { "email", "bygglov", 1, 5 }, { "web", "sno", 1, 2 },
};

static const struct { const char *local, *name, *unit; } mailboxes[] = {
	{ "kontakt", "Kontaktcenter", "kontakt" }, { "kommun", "Lillåns kommun (demo)", "kontakt" },
	{ "registrator", "Kommunens registrator", "registratur" }, { "teknik", "Tekniska nämnden", "teknik" },
	{ "gata", "Gata och park", "gata" }, { "vatten", "Vatten och avlopp", "va" },
	{ "avfall", "Avfall och återvinning", "avfall" }, { "bygg", "Bygg- och miljönämnden", "samhalle" },
	{ "bygglov", "Bygglov", "bygglov" }, { "miljo", "Miljö och hälsa", "miljo" }, { "skola", "Bildningsnämnden", "bildning" },
	{ "forskola", "Förskola", "forskola" }, { "bibliotek", "Biblioteket", "bibliotek" },
	{ "social", "Socialnämnden", "social" }, { "fullmaktige", "Kommunfullmäktige", "kansli" },
};

static const struct { const char *month_day, *closes_at, *name; } half_days[] = {
	{ "01-05", "12:00", "Trettondagsafton" }, { "04-30", "12:00", "Valborgsmässoafton" },
	{ "12-23", "12:00", "Dagen före julafton" },
};

static const struct { const char *category, *title, *question, *text; bool shown; } answers[] = {
	{ "avfall", "Soptunnan blev inte tömd", "Mina sopor är inte hämtade. Varför tömdes inte tunnan?",
	    "Tack för att du hör av dig. Kontrollera gärna att tunnan stod vid tomtgränsen före klockan 6 med handtaget utåt, och att locket gick att stänga. Om allt var som det skulle tömmer vi den senast nästa arbetsdag utan kostnad. Svara på det här meddelandet om den inte har tömts då.", true },
	{ "avfall", "När töms soptunnan?", "Vilken dag hämtas soporna hos mig?",
	    "Tunnan för matavfall och restavfall töms varannan vecka. Vilken dag det är hos dig står i tömningskalendern som kom i början av året. I veckor med helgdag kan tömningen flyttas en dag.", true },
	{ "avfall", "Var lämnar jag grovavfall?", "Kan jag lämna en gammal soffa på återvinningscentralen?",
	    "Grovavfall, trädgårdsavfall och farligt avfall lämnar du på återvinningscentralen. Det är gratis för hushåll. Lasta gärna så att det är lätt att sortera. Klarar du inte att åka dit själv kan vi hämta mot en avgift.", true },
	{ "avfall", "Byta storlek på kärl", "Jag vill ha en större soptunna",
	    "Det går bra att byta storlek. Svara med din adress och vilken storlek du vill ha, 140 eller 190 liter, så byter vi vid nästa tömning. Ändringen av avgiften syns på nästa räkning.", true },
	{ "avfall", "Batterier och lampor", "Var slänger jag batterier?",
	    "Batterier lämnar du i de röda lådorna vid matbutikerna eller på återvinningscentralen. Lampor och annat elavfall lämnar du på återvinningscentralen.", true },
	{ "vag", "Grop i vägen", "Det är ett hål i asfalten på vår gata",
	    "Tack för att du säger till. Vi åker ut och tittar inom två arbetsdagar. Djupa gropar lagar vi tillfälligt på en gång, och lägger ny asfalt när det är tillräckligt varmt. Är vägen statlig lämnar vi det vidare till Trafikverket och berättar det för dig.", true },
	{ "vag", "Farthinder önskas", "Kan ni sätta ett farthinder på vår gata?",
	    "Tack för förslaget. Vi mäter hastigheten på platsen under en vecka innan vi bestämmer något. Du får veta vad mätningen visade och vad vi gör. Tekniska nämnden fattar beslut om nya farthinder en gång om året.", true },
	{ "vag", "Trasig eller skymd skylt", "Vägskylten är trasig",
	    "Tack, vi rättar till skylten. Varningsmärken, stoppskyltar och väjningsskyltar lagar vi samma dag, övriga inom tio arbetsdagar.", false },
	{ "vag", "Felparkerad bil", "En bil har stått länge på samma ställe",
	    "Tack för upplysningen. En parkeringsvakt kontrollerar platsen. På gatumark får en bil stå högst 24 timmar i sträck på vardagar om inget annat står på skylten.", false },
	{ "sno", "När plogas min gata?", "Det är inte plogat på vår gata",
	    "Vi börjar ploga när det har kommit fem centimeter snö. Först tar vi stora vägar, bussgator och cykelvägar till skolor, sedan villagator. Alla gator ska vara plogade inom tolv timmar efter att det slutat snöa.", true },
	{ "sno", "Halt på gångvägen", "Det är jättehalt på trottoaren",
	    "Tack för att du säger till. Vi skickar ut någon som sandar i dag. Sand för eget bruk finns att hämta gratis i lådorna vid busshållplatserna.", true },
	{ "sno", "Snövall vid infarten", "Plogbilen lade en vall framför min garageinfart",
	    "Vi försöker lämna så lite snö som möjligt vid infarter, men kan inte undvika det helt. Snön vid den egna infarten tar fastighetsägaren bort. Den som har svårt att skotta kan få hjälp genom hemtjänsten.", true },
	{ "ljus", "Trasig gatlykta", "Gatlyktan utanför oss lyser inte",
	    "Tack för att du hör av dig. Vi lagar enstaka lampor inom tio arbetsdagar, och flera släckta i rad inom två. Om stolpen är skadad, ring oss på en gång.", true },
	{ "park", "Träd skymmer eller är farligt", "Ett träd på kommunens mark lutar",
	    "Tack. Vi tittar på trädet inom fem arbetsdagar, och samma dag om det kan falla. Friska träd fäller vi inte för utsikt eller löv, men vi kan ofta beskära dem.", true },
	{ "park", "Trasigt på lekplatsen", "En gunga på lekplatsen är sönder",
	    "Tack för att du säger till. Vi spärrar av det som är farligt samma dag och lagar det inom fem arbetsdagar. Måste vi beställa delar berättar vi när det blir klart.", true },
	{ "vatten", "Missfärgat vatten", "Vattnet i kranen är brunt",
	    "Det beror oftast på att avlagringar lossnat i ledningen efter ett arbete. Spola kallvatten tills det blir klart. Är det inte klart efter en timme, ring oss: då tar vi ett prov. Vattnet är inte farligt, men tvätta inte vitt under tiden.", true },
	{ "vatten", "Läckage på gatan", "Det rinner vatten ur gatan",
	    "Tack för att du hör av dig. Vi åker ut på en gång. Om vattnet behöver stängas av lägger vi en lapp i brevlådan och skriver det på webbplatsen.", false },
	{ "vatten", "Läsa av vattenmätaren", "Hur lämnar jag mätarställningen?",
	    "Svara med mätarens nummer, siffrorna före kommatecknet och vilken dag du läste av. Gör du det före den sista i månaden kommer det med på nästa räkning.", true },
	{ "bygglov", "Behöver jag bygglov för altan?", "Måste jag söka bygglov för att bygga en altan?",
	    "En altan i markhöjd behöver oftast inget bygglov. Är den hög, har tak eller tät sida kan lov behövas. Svara med adressen och en enkel skiss med mått, så svarar vi vad som gäller för just ditt hus.", true },
	{ "bygglov", "Hur lång tid tar bygglovet?", "När får jag besked om mitt bygglov?",
	    "Beslutet ska komma inom tio veckor från att ansökan är komplett. Du har fått ett brev med det datum som gäller för dig. Är något oklart i handlingarna hör handläggaren av sig.", true },
	{ "bygglov", "Staket och plank", "Får jag bygga ett staket mot grannen?",
	    "Staket som man ser igenom behöver inte bygglov. Plank och murar högre än 1,2 meter kan behöva det. Prata gärna med grannen först. Svara med adress, höjd och hur det ska se ut, så säger vi vad som gäller.", true },
	{ "miljo", "Störande ljud", "Grannens värmepump bullrar",
	    "Börja gärna med att tala med grannen: ofta går det att lösa. Hjälper det inte, svara med adress, vilka tider det hörs och hur länge det pågått. Då begär vi in uppgifter och mäter om det behövs.", true },
	{ "miljo", "Eldning av trädgårdsavfall", "Får man elda löv i trädgården?",
	    "Inom tätort får du elda torrt trädgårdsavfall 1–30 april och 1–31 oktober, om det inte är eldningsförbud och grannarna inte störs. Annars lämnar du det på återvinningscentralen.", true },
	{ "forskola", "Söka plats i förskolan", "Hur söker jag förskoleplats?",
	    "Du söker tidigast sex månader innan barnet ska börja. Vi erbjuder plats inom fyra månader, så nära hemmet som det går. Svara här om du behöver hjälp med ansökan.", true },
	{ "forskola", "Avgiften i förskolan", "Vad kostar förskolan?",
	    "Avgiften räknas på hushållets inkomst och har ett högsta belopp. Från tre års ålder är 15 timmar i veckan gratis. Ändras inkomsten meddelar du oss, så räknar vi om från nästa månad.", true },
	{ "skola", "Skolskjuts", "Har mitt barn rätt till skolskjuts?",
	    "Rätt till skolskjuts beror på avståndet, trafiken och barnets ålder: förskoleklass till årskurs 3 från två kilometer, årskurs 4–6 från tre, årskurs 7–9 från fyra. Du ansöker en gång per läsår. Beslutet kan överklagas.", true },
	{ "skola", "Läsårets lov", "När är det sportlov?",
	    "Lov och studiedagar står i läsårskalendern på skolans sida. Sportlovet är i vecka 9. Fritidshemmet är öppet på loven för barn som har plats.", true },
	{ "bibliotek", "Låna om böcker", "Hur lånar jag om?",
	    "Du lånar om på bibliotekets sida med lånekort och pin-kod, eller ringer till oss. Har någon annan reserverat boken går det inte att låna om den.", true },
	{ "bibliotek", "Öppettider", "När har biblioteket öppet?",
	    "Huvudbiblioteket är öppet måndag–torsdag 10–19, fredag 10–17 och lördag 10–14. Med lånekort och kod kommer du in alla dagar 7–21.", true },
	{ "omsorg", "Ansöka om hemtjänst", "Hur får min mamma hemtjänst?",
	    "Hon, eller du om hon vill det, kontaktar en biståndshandläggare. Vi ringer upp inom två arbetsdagar och kommer hem för att prata om vad hon behöver. Beslutet är skriftligt och går att överklaga.", true },
	{ "omsorg", "Trygghetslarm", "Hur skaffar man trygghetslarm?",
	    "Den som har fyllt 75 får larm efter en enkel anmälan, andra efter ansökan. Larmet sätts upp inom fem arbetsdagar. Svara med namn och telefonnummer så ringer vi.", true },
	{ "politik", "Medborgarförslag", "Hur lämnar jag ett förslag till politikerna?",
	    "Alla som är folkbokförda i kommunen, också barn, får lämna medborgarförslag. Skriv förslaget, ditt namn och din adress. Fullmäktige tar emot det vid sitt nästa möte, och beslutet ska komma inom ett år.", true },
	{ "politik", "Begära ut en handling", "Jag vill läsa ett protokoll",
	    "Allmänna handlingar får alla läsa, och du behöver inte säga vem du är eller varför. Svara med vad du vill läsa, så skickar vi det så snart vi kan. Finns det uppgifter som är hemliga prövar vi det, och du får resten.", true },
	{ "annat", "Vidarebefordrat till rätt enhet", NULL,
	    "Tack för att du hör av dig. Din fråga hör till en annan enhet hos oss, och vi har lämnat över den. Dagen då du ska ha fått svar är densamma som förut. Du behöver inte skriva igen.", false },
};

struct demo { struct db *tx; struct arena *a; struct change by; int64_t authority[ARRAY_LEN(authorities)], unit[ARRAY_LEN(units)],
	account[ARRAY_LEN(people)], category[ARRAY_LEN(categories)]; };

static int64_t
authority_of(const struct demo *d, const char *code)
{
	for (size_t i = 0; code != NULL && i < ARRAY_LEN(authorities); i++)
		if (strcmp(authorities[i].code, code) == 0)
			return d->authority[i];
	return 0;
}

static int64_t
unit_of(const struct demo *d, const char *key)
{
	for (size_t i = 0; key != NULL && i < ARRAY_LEN(units); i++)
		if (strcmp(units[i].key, key) == 0)
			return d->unit[i];
	return 0;
}

static int64_t
category_of(const struct demo *d, const char *key)
{
	for (size_t i = 0; key != NULL && i < ARRAY_LEN(categories); i++)
		if (strcmp(categories[i].key, key) == 0)
			return d->category[i];
	return 0;
}

static const char *
address(const struct demo *d, const char *local)
{
	return arena_printf(d->a, "%s" DEMO_DOMAIN, local);
}

static bool
make_organisation(struct demo *d, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(authorities); i++)
		if (!authority_save(d->tx, &d->by, &(struct authority){ .code = authorities[i].code, .name = authorities[i].name,
		    .kind = authorities[i].kind, .number_template = "{code} {yyyy}/{n:05}",
		    .email = address(d, authorities[i].email), .active = true }, &d->authority[i], err))
			return err_add(err, "demo authority %s", authorities[i].code);
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (!unit_save(d->tx, &d->by, &(struct unit){ .authority_id = authority_of(d, units[i].authority),
		    .parent_id = unit_of(d, units[i].parent), .kind = units[i].parent == NULL ? "department" : "unit",
		    .name = units[i].name, .email = address(d, units[i].email), .phone = "0123-45 67 00", .active = true },
		    &d->unit[i], err))
			return err_add(err, "demo unit %s", units[i].key);
	return true;
}

/* "Björn" -> "bjorn": addresses are plain letters. */
static const char *
plain(struct arena *a, const char *name)
{
	static const struct { const char *from; char to; } row[] = { { "å", 'a' }, { "ä", 'a' }, { "ö", 'o' }, { "Å", 'a' },
		{ "Ä", 'a' }, { "Ö", 'o' } };
	char *out = arena_strdup(a, name);
	size_t n = 0;

	for (const char *p = name; *p != '\0'; ) {
		size_t i = 0;

		while (i < ARRAY_LEN(row) && strncmp(p, row[i].from, strlen(row[i].from)) != 0)
			i++;
		if (i < ARRAY_LEN(row)) {
			out[n++] = row[i].to;
			p += strlen(row[i].from);
			continue;
		}
		out[n++] = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
		p++;
	}
	out[n] = '\0';
	return out;
}

static bool
give(struct demo *d, int64_t account_id, enum role role, const char *authority, const char *unit, struct err *err)
{
	return role_give(d->tx, &d->by, &(struct role_row){ .account_id = account_id, .role = role,
	    .authority_id = authority_of(d, authority), .unit_id = unit_of(d, unit),
	    .valid_from = date_text(date_add(local_date(d->by.now), -400)).s }, NULL, err);
}

static bool
make_people(struct demo *d, struct err *err)
{
	const char *hash;

	if (!password_hash(d->a, DEMO_PASSWORD, &hash, err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(people); i++) {
		struct account_in in = { .name = arena_printf(d->a, "Demo %s %s", people[i].first, people[i].last),
			.title = people[i].title, .unit_id = unit_of(d, people[i].unit), .phone = "0123-45 67 00",
			.sign_in = arena_printf(d->a, "%s.%s" DEMO_DOMAIN, plain(d->a, people[i].first),
			    plain(d->a, people[i].last)) };

		if (!account_save(d->tx, &d->by, &in, &d->account[i], err) ||
		    !account_password(d->tx, &d->by, d->account[i], hash, NULL, err) ||
		    !give(d, d->account[i], people[i].role, people[i].authority, people[i].granted_unit, err))
			return err_add(err, "demo account %s", people[i].first);
	}
	for (size_t i = 0; i < ARRAY_LEN(more_roles); i++)
		for (size_t p = 0; p < ARRAY_LEN(people); p++)
			if (strcmp(people[p].first, more_roles[i].first) == 0 &&
			    !give(d, d->account[p], more_roles[i].role, more_roles[i].authority, more_roles[i].granted_unit, err))
				return err_add(err, "demo role of %s", people[p].first);
	return true;
}

static bool
make_service(struct demo *d, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(categories); i++)
		if (!category_save(d->tx, &d->by, &(struct category){ .name = categories[i].name, .name_en = categories[i].name_en,
		    .unit_id = unit_of(d, categories[i].unit), .keywords = categories[i].keywords, .active = true },
		    &d->category[i], err))
			return err_add(err, "demo category %s", categories[i].key);
	for (size_t i = 0; i < ARRAY_LEN(promises); i++)
		if (!promise_save(d->tx, &d->by, &(struct promise_row){ .channel = promises[i].channel,
		    .category_id = category_of(d, promises[i].category), .confirm_days = promises[i].confirm,
		    .answer_days = promises[i].answer }, NULL, err))
			return err_add(err, "demo promise %zu", i);
	for (size_t i = 0; i < ARRAY_LEN(mailboxes); i++)
		if (!mailbox_save(d->tx, &d->by, &(struct mailbox){ .address = address(d, mailboxes[i].local),
		    .name = mailboxes[i].name, .unit_id = unit_of(d, mailboxes[i].unit), .active = true }, NULL, err))
			return err_add(err, "demo mailbox %s", mailboxes[i].local);
	for (size_t i = 0; i < ARRAY_LEN(answers); i++)
		if (!standard_answer_save(d->tx, &d->by, &(struct standard_answer){ .title = answers[i].title,
		    .question = answers[i].question, .text = answers[i].text, .category_id = category_of(d, answers[i].category),
		    .shown_to_all = answers[i].shown, .active = true }, NULL, err))
			return err_add(err, "demo answer %zu", i);
	return true;
}

static bool
make_site(struct demo *d, struct err *err)
{
	int year = local_date(d->by.now).year;

	for (int y = year - 1; y <= year + 1; y++)
		for (size_t i = 0; i < ARRAY_LEN(half_days); i++)
			if (!local_day_save(d->tx, &d->by, &(struct local_day){ arena_printf(d->a, "%04d-%s", y,
			    half_days[i].month_day), half_days[i].closes_at, half_days[i].name }, err))
				return err_add(err, "demo half-day");
	return site_set(d->tx, 0, "site.name", "Lillåns kommun (demo)", d->by.now, err) &&
	    site_set(d->tx, 0, "site.mail_from", "kontakt" DEMO_DOMAIN, d->by.now, err);
}

bool
demo_people(struct db *tx, uint64_t seed, int64_t now, struct err *err)
{
	struct demo d = { .tx = tx, .a = arena_open(), .by = { 0, now, NULL } };
	bool ok = make_organisation(&d, err) && make_people(&d, err) && make_service(&d, err) && make_site(&d, err);

	(void)seed;	/* nothing here is left to chance; the year of contacts is */
	arena_close(d.a);
	return ok;
}
