/* SPDX-License-Identifier: ISC */
/*
 * provider.c - whose server refused, by its name and by marks in its words.
 */
#include "audit/bounce/provider.h"

struct suffix {
	struct str suffix; /* whole labels, lower case */
	const char *provider;
};

/* clang-format off */
/* Suffixes of MX hosts. */
static const struct suffix hosts[] = {
	{ STR("google.com"), "google" }, { STR("googlemail.com"), "google" }, { STR("1e100.net"), "google" },
	{ STR("protection.outlook.com"), "microsoft" }, { STR("mx.microsoft"), "microsoft" },
	{ STR("outlook.com"), "microsoft" }, { STR("hotmail.com"), "microsoft" }, { STR("office365.com"), "microsoft" },
	{ STR("yahoodns.net"), "yahoo" }, { STR("yahoo.com"), "yahoo" }, { STR("aol.com"), "yahoo" },
	{ STR("yahoo.co.jp"), "yahoo-japan" },
	{ STR("mx.aol.com"), "yahoo" }, { STR("prodigy.net"), "att" }, { STR("att.net"), "att" },
	{ STR("icloud.com"), "apple" }, { STR("apple.com"), "apple" }, { STR("me.com"), "apple" }, { STR("mac.com"), "apple" },
	{ STR("comcast.net"), "comcast" }, { STR("charter.net"), "spectrum" }, { STR("rr.com"), "spectrum" },
	{ STR("spectrum.net"), "spectrum" }, { STR("cox.net"), "cox" }, { STR("centurylink.net"), "centurylink" },
	{ STR("earthlink-vadesecure.net"), "earthlink" }, { STR("earthlink.net"), "earthlink" },
	{ STR("gmx.net"), "gmx" }, { STR("gmx.com"), "gmx" }, { STR("web.de"), "gmx" }, { STR("mail.com"), "gmx" },
	{ STR("kundenserver.de"), "ionos" }, { STR("ionos.com"), "ionos" }, { STR("1and1.com"), "ionos" },
	{ STR("t-online.de"), "t-online" }, { STR("freenet.de"), "freenet" }, { STR("strato.de"), "strato" },
	{ STR("rzone.de"), "strato" }, { STR("posteo.de"), "posteo" }, { STR("mailbox.org"), "mailbox.org" },
	{ STR("hosteurope.de"), "hosteurope" }, { STR("your-server.de"), "hetzner" },
	{ STR("orange.fr"), "orange" }, { STR("wanadoo.fr"), "orange" }, { STR("laposte.net"), "laposte" },
	{ STR("free.fr"), "free" }, { STR("sfr.fr"), "sfr" }, { STR("bbox.fr"), "bouygues" }, { STR("ovh.net"), "ovh" },
	{ STR("gandi.net"), "gandi" }, { STR("infomaniak.ch"), "infomaniak" }, { STR("hostpoint.ch"), "hostpoint" },
	{ STR("bluewin.ch"), "bluewin" }, { STR("ziggo.nl"), "ziggo" }, { STR("kpnmail.nl"), "kpn" }, { STR("kpnxchange.com"), "kpn" },
	{ STR("telenet-ops.be"), "telenet" }, { STR("proximus.be"), "proximus" }, { STR("libero.it"), "libero" },
	{ STR("aruba.it"), "aruba" }, { STR("tin.it"), "tim" }, { STR("virgilio.it"), "libero" }, { STR("tiscali.it"), "tiscali" },
	{ STR("wp.pl"), "wp" }, { STR("onet.pl"), "onet" }, { STR("interia.pl"), "interia" }, { STR("o2.pl"), "wp" },
	{ STR("seznam.cz"), "seznam" }, { STR("centrum.cz"), "centrum" }, { STR("terra.com"), "terra" }, { STR("uol.com.br"), "uol" },
	{ STR("btinternet.com"), "bt" }, { STR("virginmedia.com"), "vmo2" }, { STR("talktalk.net"), "talktalk" }, { STR("sky.com"), "sky" },
	{ STR("yandex.net"), "yandex" }, { STR("yandex.ru"), "yandex" }, { STR("mail.ru"), "mail.ru" }, { STR("rambler.ru"), "rambler" },
	{ STR("qq.com"), "qq" }, { STR("mxhichina.com"), "aliyun" }, { STR("aliyun.com"), "aliyun" },
	{ STR("netease.com"), "netease" }, { STR("163.com"), "netease" }, { STR("126.com"), "netease" }, { STR("yeah.net"), "netease" }, { STR("qiye.163.com"), "netease" },
	{ STR("sina.com"), "sina" }, { STR("sina.com.cn"), "sina" }, { STR("naver.com"), "naver" }, { STR("daum.net"), "daum" }, { STR("hanmail.net"), "daum" },
	{ STR("docomo.ne.jp"), "docomo" }, { STR("spmode.ne.jp"), "docomo" }, { STR("ezweb.ne.jp"), "kddi" }, { STR("softbank.jp"), "softbank" },
	{ STR("zoho.com"), "zoho" }, { STR("zoho.eu"), "zoho" }, { STR("zoho.in"), "zoho" },
	{ STR("protonmail.ch"), "proton" }, { STR("proton.me"), "proton" }, { STR("messagingengine.com"), "fastmail" },
	{ STR("tutanota.de"), "tuta" }, { STR("mailfence.com"), "mailfence" }, { STR("hushmail.com"), "hushmail" },
	{ STR("secureserver.net"), "godaddy" }, { STR("emailsrvr.com"), "rackspace" }, { STR("registrar-servers.com"), "namecheap" },
	{ STR("privateemail.com"), "namecheap" }, { STR("hostinger.com"), "hostinger" }, { STR("titan.email"), "titan" }, { STR("bizmail.yahoo.com"), "yahoo" },
	{ STR("dreamhost.com"), "dreamhost" }, { STR("hostgator.com"), "hostgator" }, { STR("mxrouting.net"), "mxroute" }, { STR("mxlogin.com"), "mxroute" },
	{ STR("improvmx.com"), "improvmx" }, { STR("forwardemail.net"), "forwardemail" }, { STR("mx.cloudflare.net"), "cloudflare" }, { STR("simplelogin.co"), "simplelogin" },
	{ STR("inbound-smtp.us-east-1.amazonaws.com"), "amazon-ses" }, { STR("inbound-smtp.us-west-2.amazonaws.com"), "amazon-ses" },
	{ STR("inbound-smtp.eu-west-1.amazonaws.com"), "amazon-ses" }, { STR("awsapps.com"), "amazon-ses" },
	{ STR("pphosted.com"), "proofpoint" }, { STR("ppe-hosted.com"), "proofpoint" }, { STR("gpphosted.com"), "proofpoint" },
	{ STR("mimecast.com"), "mimecast" }, { STR("mimecast.co.za"), "mimecast" }, { STR("mimecast-offshore.com"), "mimecast" },
	{ STR("barracudanetworks.com"), "barracuda" }, { STR("cudamail.com"), "barracuda" }, { STR("cudasvc.com"), "barracuda" },
	{ STR("iphmx.com"), "cisco" }, { STR("messagelabs.com"), "symantec" }, { STR("messagelabs.net"), "symantec" },
	{ STR("tmes.trendmicro.com"), "trendmicro" }, { STR("tmes.trendmicro.eu"), "trendmicro" }, { STR("trendmicro.com"), "trendmicro" }, { STR("trendmicro.eu"), "trendmicro" },
	{ STR("hydra.sophos.com"), "sophos" }, { STR("sophos.com"), "sophos" }, { STR("fireeyecloud.com"), "trellix" }, { STR("fireeyegov.com"), "trellix" },
	{ STR("mxlogic.net"), "trellix" }, { STR("mailcontrol.com"), "forcepoint" }, { STR("antispamcloud.com"), "spamexperts" }, { STR("spamexperts.com"), "spamexperts" },
	{ STR("mailspamprotection.com"), "spamexperts" }, { STR("hornetsecurity.com"), "hornetsecurity" }, { STR("antispameurope.com"), "hornetsecurity" }, { STR("retarus.com"), "retarus" },
	{ STR("vadesecure.com"), "vade" }, { STR("mailinblack.com"), "mailinblack" }, { STR("altospam.com"), "altospam" }, { STR("nospamproxy.com"), "nospamproxy" },
	{ STR("arsmtp.com"), "appriver" }, { STR("mailroute.net"), "mailroute" }, { STR("zerospam.ca"), "zerospam" }, { STR("spamh.com"), "spamhero" }, { STR("expurgate.de"), "eleven" },
	{ STR("mailanyone.net"), "fusemail" }, { STR("electric.net"), "fusemail" }, { STR("spamarrest.com"), "spamarrest" }, { STR("bigpond.com"), "telstra" }, { STR("telstra.net"), "telstra" },
	{ STR("cisco.com"), "cisco" }, { STR("facebook.com"), "facebook" }, { STR("rogers.com"), "yahoo" }, { STR("shaw.ca"), "shaw" }, { STR("bell.net"), "bell" }, { STR("telus.net"), "telus" }, { STR("videotron.ca"), "videotron" },
};

/*
 * Suffixes under which every host is the provider's: no line of a customer has a name
 * there, and no server that one rents, as under comcast.net, ovh.net or your-server.de.
 */
static const struct str own_hosts[] = {
	STR("google.com"), STR("googlemail.com"), STR("1e100.net"), STR("protection.outlook.com"), STR("mx.microsoft"),
	STR("outlook.com"), STR("hotmail.com"), STR("yahoodns.net"), STR("yahoo.com"), STR("icloud.com"),
	STR("emig.gmx.net"), STR("messagingengine.com"), STR("protonmail.ch"), STR("zoho.com"), STR("zoho.eu"),
	STR("mx.cloudflare.net"), STR("pphosted.com"), STR("ppe-hosted.com"), STR("mimecast.com"),
	STR("barracudanetworks.com"), STR("iphmx.com"), STR("messagelabs.com"), STR("hornetsecurity.com"),
};

/* Domains whose mailboxes are the provider's own. */
static const struct suffix domains[] = {
	{ STR("gmail.com"), "google" }, { STR("googlemail.com"), "google" },
	{ STR("outlook.com"), "microsoft" }, { STR("hotmail.com"), "microsoft" }, { STR("live.com"), "microsoft" }, { STR("msn.com"), "microsoft" },
	{ STR("onmicrosoft.com"), "microsoft" }, { STR("hotmail.fr"), "microsoft" }, { STR("hotmail.co.uk"), "microsoft" },
	{ STR("yahoo.com"), "yahoo" }, { STR("ymail.com"), "yahoo" }, { STR("aol.com"), "yahoo" }, { STR("yahoo.co.uk"), "yahoo" }, { STR("yahoo.fr"), "yahoo" },
	{ STR("yahoo.co.jp"), "yahoo-japan" },
	{ STR("icloud.com"), "apple" }, { STR("me.com"), "apple" }, { STR("mac.com"), "apple" }, { STR("comcast.net"), "comcast" },
	{ STR("att.net"), "att" }, { STR("sbcglobal.net"), "att" }, { STR("bellsouth.net"), "att" }, { STR("charter.net"), "spectrum" }, { STR("cox.net"), "cox" },
	{ STR("gmx.de"), "gmx" }, { STR("gmx.net"), "gmx" }, { STR("gmx.com"), "gmx" }, { STR("gmx.at"), "gmx" }, { STR("gmx.ch"), "gmx" }, { STR("web.de"), "gmx" }, { STR("mail.com"), "gmx" },
	{ STR("t-online.de"), "t-online" }, { STR("magenta.de"), "t-online" }, { STR("freenet.de"), "freenet" }, { STR("orange.fr"), "orange" }, { STR("wanadoo.fr"), "orange" },
	{ STR("laposte.net"), "laposte" }, { STR("free.fr"), "free" }, { STR("sfr.fr"), "sfr" }, { STR("bluewin.ch"), "bluewin" }, { STR("ziggo.nl"), "ziggo" },
	{ STR("yandex.ru"), "yandex" }, { STR("yandex.com"), "yandex" }, { STR("ya.ru"), "yandex" }, { STR("mail.ru"), "mail.ru" }, { STR("bk.ru"), "mail.ru" }, { STR("list.ru"), "mail.ru" }, { STR("inbox.ru"), "mail.ru" },
	{ STR("rambler.ru"), "rambler" }, { STR("qq.com"), "qq" }, { STR("foxmail.com"), "qq" }, { STR("163.com"), "netease" }, { STR("126.com"), "netease" }, { STR("yeah.net"), "netease" },
	{ STR("naver.com"), "naver" }, { STR("docomo.ne.jp"), "docomo" }, { STR("ezweb.ne.jp"), "kddi" }, { STR("au.com"), "kddi" }, { STR("softbank.ne.jp"), "softbank" },
	{ STR("proton.me"), "proton" }, { STR("protonmail.com"), "proton" }, { STR("fastmail.com"), "fastmail" }, { STR("zoho.com"), "zoho" }, { STR("libero.it"), "libero" },
};

/* Words that one provider alone writes; lower case, found at either case. */
const struct provider_mark provider_marks[] = {
	{ STR("- gsmtp"), "google" }, { STR(" gsmtp"), "google" }, { STR("- gcdp"), "google" }, { STR("support.google.com/"), "google" }, { STR("mail.google.com/support"), "google" },
	{ STR(".prod.outlook.com"), "microsoft" }, { STR(".protection.outlook.com"), "microsoft" }, { STR("[outlook.com]"), "microsoft" },
	{ STR("postmaster.live.com"), "microsoft" }, { STR("sender.office.com"), "microsoft" }, { STR("go.microsoft.com"), "microsoft" },
	{ STR("aka.ms/"), "microsoft" }, { STR("postmaster.yahoo"), "yahoo" }, { STR("help.yahoo.com"), "yahoo" },
	{ STR("[tss0"), "yahoo" }, { STR("[tss1"), "yahoo" }, { STR("verizonmedia.com"), "yahoo" }, { STR("postmaster.aol.com"), "yahoo" }, { STR(".yahoo.com"), "yahoo" }, { STR("senders.yahooinc.com"), "yahoo" },
	{ STR("support.apple.com"), "apple" }, { STR("postmaster.comcast.net"), "comcast" }, { STR("xfinity.com"), "comcast" },
	{ STR("aup#in-"), "spectrum" }, { STR("spectrum.net"), "spectrum" }, { STR("aup#cx"), "cox" }, { STR("cox.com"), "cox" },
	{ STR("postmaster.gmx"), "gmx" }, { STR("postmaster.web.de"), "gmx" }, { STR("postmaster.mail.com"), "gmx" }, { STR("postmaster.1and1"), "ionos" },
	{ STR("t-online.de"), "t-online" }, { STR("ofr_"), "orange" }, { STR("mwinf"), "orange" }, { STR("postmaster.orange.fr"), "orange" },
	{ STR("ofr0"), "orange" }, { STR("lpn0"), "laposte" }, { STR("postmaster.free.fr"), "free" },
	{ STR("help.mail.ru"), "mail.ru" }, { STR("corp.mail.ru"), "mail.ru" }, { STR("feedback.yandex"), "yandex" }, { STR("yandex.ru/"), "yandex" }, { STR("yandex.com/support"), "yandex" }, { STR("https://ya.cc/"), "yandex" }, { STR("- nsmtp"), "naver" },
	{ STR("mail.qq.com"), "qq" }, { STR("exmail.qq.com"), "qq" }, { STR("work.weixin.qq.com"), "qq" }, { STR("mail.163.com"), "netease" }, { STR("help.163.com"), "netease" },
	{ STR("mimecast.com"), "mimecast" }, { STR("mimecast.org"), "mimecast" }, { STR("mimecastsupport.zendesk.com"), "mimecast" }, { STR("proofpoint.com"), "proofpoint" },
	{ STR("barracudanetworks.com"), "barracuda" }, { STR("barracudacentral.org/rbl"), "" }, { STR("cuda_nsu"), "barracuda" }, { STR("ess.barracuda"), "barracuda" },
	{ STR("symanteccloud.com"), "symantec" }, { STR("messagelabs.com"), "symantec" }, { STR("xgemail_"), "sophos" }, { STR("etp2"), "trellix" },
	{ STR("mxin5"), "ziggo" }, { STR("mxin6"), "ziggo" }, { STR("att.net/"), "att" }, { STR("secureserver.net"), "godaddy" }, { STR("postmaster.facebook.com"), "facebook" },
	{ STR("support.proton.me"), "proton" }, { STR("zerospam"), "zerospam" }, { STR("improvmx.com"), "improvmx" },
};
const size_t n_provider_marks = ARRAY_LEN(provider_marks);
/* clang-format on */

static const char *
by_suffix(const struct suffix *rows, size_t n, struct str host)
{
	while (host.n > 0 && host.p[host.n - 1] == '.')
		host.n--;
	for (size_t i = 0; i < n; i++) {
		size_t len = rows[i].suffix.n;

		if (host.n < len || (host.n > len && host.p[host.n - len - 1] != '.'))
			continue;
		if (str_ieq(str_sub(host, host.n - len, len), rows[i].suffix))
			return rows[i].provider;
	}
	return "";
}

const char *
provider_name(size_t i)
{
	if (i < ARRAY_LEN(hosts))
		return hosts[i].provider;
	i -= ARRAY_LEN(hosts);
	return i < ARRAY_LEN(domains) ? domains[i].provider : NULL;
}

const char *
provider_of_host(struct str host)
{
	return by_suffix(hosts, ARRAY_LEN(hosts), host);
}

bool
provider_owns_host(struct str host)
{
	for (size_t i = 0; i < ARRAY_LEN(own_hosts); i++) {
		size_t len = own_hosts[i].n;

		if (host.n > len && host.p[host.n - len - 1] == '.' &&
		    str_ieq(str_sub(host, host.n - len, len), own_hosts[i]))
			return true;
	}
	return false;
}

const char *
provider_of_domain(struct str domain)
{
	return by_suffix(domains, ARRAY_LEN(domains), domain);
}
