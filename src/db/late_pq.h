/* db/late_pq.h: libpq, opened with the first PostgreSQL database (base/late.h) */
#ifndef DB_LATE_PQ_H
#define DB_LATE_PQ_H
#include <libpq-fe.h>

#include "base/late.h"

#define LATE_PQ(X) \
	X(PQclear) X(PQcmdStatus) X(PQcmdTuples) X(PQconnectdb) X(PQconsumeInput) X(PQenterPipelineMode) \
	X(PQerrorMessage) X(PQescapeLiteral) X(PQexec) X(PQexecPrepared) X(PQexitPipelineMode) X(PQfinish) \
	X(PQfreemem) X(PQgetResult) X(PQgetisnull) X(PQgetlength) X(PQgetvalue) X(PQnotifies) X(PQntuples) \
	X(PQpipelineSync) X(PQprepare) X(PQresultErrorField) X(PQresultStatus) X(PQsendQuery) X(PQsendQueryParams) \
	X(PQsendQueryPrepared) X(PQsetNoticeProcessor) X(PQsocket) X(PQstatus) X(PQtransactionStatus) \
	X(PQunescapeBytea)
LATE_DECLARE(late_pq, LATE_PQ);

#define PQclear late_pq.PQclear
#define PQcmdStatus late_pq.PQcmdStatus
#define PQcmdTuples late_pq.PQcmdTuples
#define PQconnectdb late_pq.PQconnectdb
#define PQconsumeInput late_pq.PQconsumeInput
#define PQenterPipelineMode late_pq.PQenterPipelineMode
#define PQerrorMessage late_pq.PQerrorMessage
#define PQescapeLiteral late_pq.PQescapeLiteral
#define PQexec late_pq.PQexec
#define PQexecPrepared late_pq.PQexecPrepared
#define PQexitPipelineMode late_pq.PQexitPipelineMode
#define PQfinish late_pq.PQfinish
#define PQfreemem late_pq.PQfreemem
#define PQgetResult late_pq.PQgetResult
#define PQgetisnull late_pq.PQgetisnull
#define PQgetlength late_pq.PQgetlength
#define PQgetvalue late_pq.PQgetvalue
#define PQnotifies late_pq.PQnotifies
#define PQntuples late_pq.PQntuples
#define PQpipelineSync late_pq.PQpipelineSync
#define PQprepare late_pq.PQprepare
#define PQresultErrorField late_pq.PQresultErrorField
#define PQresultStatus late_pq.PQresultStatus
#define PQsendQuery late_pq.PQsendQuery
#define PQsendQueryParams late_pq.PQsendQueryParams
#define PQsendQueryPrepared late_pq.PQsendQueryPrepared
#define PQsetNoticeProcessor late_pq.PQsetNoticeProcessor
#define PQsocket late_pq.PQsocket
#define PQstatus late_pq.PQstatus
#define PQtransactionStatus late_pq.PQtransactionStatus
#define PQunescapeBytea late_pq.PQunescapeBytea
#endif
