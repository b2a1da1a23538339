-- bench/form.lua: contacts written on the web form, from another address each time (the server trusts the loader as its proxy).
-- FORM_CSRF and FORM_COOKIE are a visitor's; FORM_OPENED is when the form was opened. An answer other than the redirect to the
-- resident's own page is an error.
local words = string.rep("Lampan vid gangvagen har varit slackt i tva veckor och det ar morkt. ", 15):gsub(" ", "+")
local body = "csrf=" .. os.getenv("FORM_CSRF") .. "&oppnad=" .. os.getenv("FORM_OPENED") ..
    "&webbplats=&subject=Gatlampa+som+inte+lyser&reply_by=email&name=Demo+Resident&text=" .. words
local seed = os.time() % 200
local n = 0

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Cookie"] = os.getenv("FORM_COOKIE")

function request()
	n = n + 1
	return wrk.format(nil, "/kontakt", { ["Content-Type"] = wrk.headers["Content-Type"], ["Cookie"] = wrk.headers["Cookie"],
	    ["X-Forwarded-For"] = string.format("10.%d.%d.%d", seed, math.floor(n / 250) % 250, n % 250) },
	    body .. "&email=demo" .. n % 5000 .. "%40example.org")
end

local wrong = 0
function response(status)
	if status ~= 303 then wrong = wrong + 1; if wrong < 4 then io.stderr:write("form: answered with ", status, "\n") end end
end
